/** Half the points on a phone: the same song in a third of the width would be all needles. */
export const density = (points: number): number =>
  innerWidth < 768 ? Math.round(points * 0.45) : points;

/** The five points a person sees, out of the stages that the server tells. */

export const points = ['received', 'listening', 'levelling', 'packing', 'ready'] as const;
export type Point = (typeof points)[number];

export type Stage =
  | 'received'
  | 'probing'
  | 'analysing'
  | 'encoding'
  | 'playable'
  | 'ready'
  | 'failed';

export interface StateEvent {
  readonly stage: Stage;
  readonly percent: number | null;
  readonly playable: boolean;
  readonly revision: number;
  readonly elapsed_ms: number;
  readonly message: string | null;
}

function pointOf(state: Pick<StateEvent, 'stage' | 'revision'>, before: Point): Point {
  switch (state.stage) {
    case 'received':
      return 'received';
    case 'probing':
    case 'analysing':
      return 'listening';
    case 'encoding':
    case 'playable':
      return packingOrBefore(state.revision, before);
    case 'ready':
      return 'ready';
    case 'failed':
      return before; // a failure belongs to where it happened
  }
}

/** The preview plays while the song is still being heard; only the gain ends the levelling. */
function packingOrBefore(revision: number, before: Point): Point {
  if (revision > 0) return 'packing';
  return before === 'received' ? 'listening' : before === 'listening' ? 'levelling' : before;
}

/** How far a track has come, and when (ms after the server began) it reached each point. */
export interface Journey {
  readonly point: Point;
  readonly reached: Readonly<Partial<Record<Point, number>>>;
  readonly percent: number | null;
  readonly failed: boolean;
  readonly message: string | null;
}

export const departure: Journey = {
  point: 'received',
  reached: {},
  percent: null,
  failed: false,
  message: null,
};

export function travel(journey: Journey, state: StateEvent): Journey {
  const point = pointOf(state, journey.point);
  const earlier = points.indexOf(point) < points.indexOf(journey.point);
  const here = earlier ? journey.point : point; // a reconnect may tell an old state once more
  return {
    point: here,
    reached:
      here in journey.reached ? journey.reached : { ...journey.reached, [here]: state.elapsed_ms },
    percent: state.percent,
    failed: state.stage === 'failed',
    message: state.message,
  };
}

/** How long the track stayed at a point, once it has left it; null where we did not watch. */
export function stayed(journey: Journey, point: Point): number | null {
  const start = journey.reached[point];
  const after = points.slice(points.indexOf(point) + 1);
  const next = after.map((later) => journey.reached[later]).find((ms) => ms !== undefined);
  if (start === undefined || next === undefined) return null;
  return next - start;
}

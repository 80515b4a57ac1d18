/** The brand: one swell line. */

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 40 22" aria-hidden="true">
      <path
        d="M2 14.500c7 0 8.500-11 15.500-11S25 17 31 17c3 0 4.500-1.500 7-1.500"
        fill="none"
        stroke="currentColor"
        stroke-width="3"
        stroke-linecap="round"
      />
    </svg>
  );
}

/** Swells one after another, moving while something is awaited. */
export function Shimmer({ label }: { readonly label?: string }) {
  return (
    <div class="shimmer" role={label ? 'status' : undefined}>
      <svg viewBox="0 0 400 40" preserveAspectRatio="none" aria-hidden="true">
        <path d={swells(10, 40, 20, 9)} />
      </svg>
      {label && <span class="visually-hidden">{label}</span>}
    </div>
  );
}

/** The open sea behind a page that has nothing to show yet. */
export function Sea() {
  return (
    <svg class="sea" viewBox="0 0 1200 200" preserveAspectRatio="none" aria-hidden="true">
      <path class="sea-far" d={`${swells(3, 520, 74, 44, 60)}V200H-60Z`} />
      <path class="sea-near" d={`${swells(3, 640, 132, 40, 410)}V200H-410Z`} />
      <path class="sea-line" d={swells(3, 520, 74, 44, 60)} />
    </svg>
  );
}

/** A run of swells: each rises slowly and falls a little faster, as water does. */
export function swells(count: number, length: number, middle: number, height: number, shift = 0) {
  const parts = [`M${-shift} ${middle}`];
  for (let index = 0; index < count; index += 1) {
    const x = index * length - shift;
    const crest = x + length * 0.54;
    parts.push(
      `C${x + length * 0.2} ${middle} ${crest - length * 0.22} ${middle - height} ${crest} ${middle - height}`,
      `C${crest + length * 0.2} ${middle - height} ${x + length * 0.8} ${middle} ${x + length} ${middle}`,
    );
  }
  return parts.join('');
}

/** Line icons on a 24 grid; what they mean is said by the control that holds them. */
const lines = {
  upload:
    'M12 15V4M7.5 8.5 12 4l4.5 4.500M4 16.500c2.7 0 2.7 2.5 5.3 2.500s2.7-2.5 5.4-2.5 2.6 2.5 5.3 2.5',
  close: 'M6 6l12 12M18 6 6 18',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  'chevron-up': 'M6 15l6-6 6 6',
  'chevron-down': 'M6 9l6 6 6-6',
  check: 'M5 12.5 10 17.5 19 7',
  public:
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3.5 9.500h17M3.5 14.500h17M12 3c-5 5.5-5 12.5 0 18M12 3c5 5.5 5 12.5 0 18',
  unlisted:
    'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 1 0 13 5.300L12 6.300M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 1 0 11 18.700l1-1',
  private: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l5 5',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20.500c1-4 4-5.5 7.5-5.500s6.5 1.5 7.5 5.5',
  warning: 'M12 4 2.5 20h19ZM12 10v5M12 17.500v.01',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.500M4 20h16',
  queue: 'M4 6h16M4 12h10M4 18h10M17 12.500v6M17 12.500l4-1v5.500M17 18.500h-.01M21 17h-.01',
  volume: 'M4 9.500v5h3.500L12 19V5L7.5 9.500ZM15.5 9a4.5 4.5 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  muted: 'M4 9.500v5h3.500L12 19V5L7.5 9.500ZM16 9.500l5 5M21 9.500l-5 5',
  retry: 'M20 12a8 8 0 1 1-2.5-5.800M20 3v4.500h-4.5',
  eye: 'M2.5 12c2.3-4.3 5.5-6.5 9.5-6.500s7.2 2.2 9.5 6.500c-2.3 4.3-5.5 6.5-9.5 6.500S4.8 16.3 2.5 12ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  'eye-off':
    'M2.5 12c2.3-4.3 5.5-6.5 9.5-6.500s7.2 2.2 9.5 6.500c-2.3 4.3-5.5 6.5-9.5 6.500S4.8 16.3 2.5 12ZM4 20 20 4',
  offline: 'M3 12c2.5 0 2.5-3 5-3M21 12c-2.5 0-2.5 3-5 3M4 20 20 4',
} as const;

const solids = {
  more: 'M5 10.300a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.400ZM12 10.300a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.400ZM19 10.300a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.400Z',
  play: 'M7.5 4.600v14.800a.8.8 0 0 0 1.2.7l12-7.400a.8.8 0 0 0 0-1.400l-12-7.400a.8.8 0 0 0-1.2.7Z',
  pause:
    'M6.5 4.500h3.500a.6.6 0 0 1 .6.6v13.800a.6.6 0 0 1-.6.6H6.500a.6.6 0 0 1-.6-.6V5.100a.6.6 0 0 1 .6-.6ZM14 4.500h3.500a.6.6 0 0 1 .6.6v13.800a.6.6 0 0 1-.6.6H14a.6.6 0 0 1-.6-.6V5.100a.6.6 0 0 1 .6-.6Z',
  next: 'M5 5.500v13a.7.7 0 0 0 1.1.6l9.4-6.500V18.500a1 1 0 0 0 2 0v-13a1 1 0 0 0-2 0v5.900L6.1 4.900A.7.7 0 0 0 5 5.500Z',
  previous:
    'M19 5.500v13a.7.7 0 0 1-1.1.6l-9.4-6.500V18.500a1 1 0 0 1-2 0v-13a1 1 0 0 1 2 0v5.900l9.4-6.500a.7.7 0 0 1 1.1.6Z',
} as const;

export type IconName = keyof typeof lines | keyof typeof solids;

export function Icon({ name }: { readonly name: IconName }) {
  const solid = name in solids;
  const path = solid ? solids[name as keyof typeof solids] : lines[name as keyof typeof lines];
  return (
    <svg class={solid ? 'icon icon-solid' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

/**
 * The path of an address. The server writes public addresses; whoever reaches it by another name
 * (a tunnel, 127.0.0.1) gets the same API here, where the page's policy lets it be asked.
 */
export function here(address: string): string {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
}

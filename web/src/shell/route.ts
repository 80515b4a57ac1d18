import { computed, signal } from '@preact/signals';

export type Route =
  | { readonly name: 'library' | 'sign-in' | 'register' | 'jobs' | 'missing' }
  | { readonly name: 'track'; readonly id: string };

const path = signal(location.pathname);

export const route = computed<Route>(() => routeOf(path.value));

export const JOBS_PATH = '/admin/jobs';

export const trackPath = (id: string): string => `/tracks/${id}`;

function routeOf(address: string): Route {
  const parts = address.split('/').filter(Boolean);
  if (parts.length === 0) return { name: 'library' };
  if (parts.length === 1 && parts[0] === 'sign-in') return { name: 'sign-in' };
  if (parts.length === 1 && parts[0] === 'register') return { name: 'register' };
  if (`/${parts.join('/')}` === JOBS_PATH) return { name: 'jobs' };
  if (parts.length === 2 && parts[0] === 'tracks' && parts[1])
    return { name: 'track', id: parts[1] };
  return { name: 'missing' };
}

export function go(address: string): void {
  if (address === path.peek()) return;
  history.pushState(null, '', address);
  path.value = address;
  window.scrollTo(0, 0);
}

/** Links of the page change the view; all others, and clicks with a key held, are the browser's. */
export function connectLinks(): void {
  window.addEventListener('popstate', () => {
    path.value = location.pathname;
  });
  document.addEventListener('click', (event) => {
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!plain || event.defaultPrevented || !link || link.target || link.hasAttribute('download'))
      return;
    if (link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname);
  });
}

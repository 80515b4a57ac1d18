import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let visited = false;

/**
 * The heading of a view. It takes the focus when the view changes, so that a screen reader says
 * where one is and Tab goes on from there; the first view leaves the focus to the browser.
 */
export function Title({ children, page }: { children: ComponentChildren; page?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const name = page ?? (typeof children === 'string' ? children : '');
  useEffect(() => {
    if (visited) heading.current?.focus({ preventScroll: true });
    visited = true;
  }, []);
  useEffect(() => {
    document.title = name ? `${name} · Houle` : 'Houle';
  }, [name]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

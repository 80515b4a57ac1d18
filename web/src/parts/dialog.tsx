import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly open: Signal<boolean>;
  readonly label: string;
  readonly class: string;
  readonly children: ComponentChildren;
}

/** A modal of the browser's own: it keeps the focus inside, and Escape closes it. */
export function Dialog({ open, label, class: style, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open.value]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a press outside closes; Escape does it by itself
    <dialog
      ref={dialog}
      class={style}
      aria-label={label}
      onClose={() => {
        open.value = false;
      }}
      onClick={(event) => {
        if (event.target === dialog.current) open.value = false; // the backdrop
      }}
    >
      {open.value && children}
    </dialog>
  );
}

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

export type MenuEntry =
  | { readonly kind: 'action'; readonly text: string; readonly icon?: IconName; act(): void }
  | {
      readonly kind: 'radio' | 'check';
      readonly text: string;
      readonly note?: string | undefined;
      readonly on: boolean;
      act(): void;
    }
  | { readonly kind: 'heading'; readonly text: string };

interface MenuProps {
  readonly label: string;
  readonly class?: string;
  readonly entries: readonly MenuEntry[];
  readonly children: ComponentChildren;
}

const GAP = 6;

/** A button with a menu: arrows move, letters jump, Escape and a press outside close it. */
export function Menu({ label, class: extra = 'button-icon', entries, children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useLayoutEffect(() => {
    if (!open || !list.current || !button.current) return;
    place(list.current, button.current);
    const first = list.current.querySelector<HTMLElement>('[aria-checked=true]');
    (first ?? items(list.current)[0])?.focus();
  }, [open]);
  const chosen = (entry: MenuEntry) => {
    list.current?.hidePopover();
    button.current?.focus();
    if (entry.kind !== 'heading') entry.act();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class={extra}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => list.current?.togglePopover()}
      >
        {children}
      </button>
      <div
        ref={list}
        id={id}
        class="menu"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        popover="auto"
        onBeforeToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={(event) => list.current && steer(event, list.current)}
      >
        {open && entries.map((entry) => <Entry key={entry.text} entry={entry} choose={chosen} />)}
      </div>
    </>
  );
}

const roles = { action: 'menuitem', radio: 'menuitemradio', check: 'menuitemcheckbox' } as const;

function Entry({ entry, choose }: { entry: MenuEntry; choose(entry: MenuEntry): void }) {
  if (entry.kind === 'heading') {
    return (
      <div class="menu-heading" role="presentation">
        {entry.text}
      </div>
    );
  }
  const checkable = entry.kind !== 'action';
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: set for the two roles that have it
    <button
      type="button"
      class="menu-item"
      role={roles[entry.kind]}
      aria-checked={checkable ? entry.on : undefined}
      tabIndex={-1}
      onClick={() => choose(entry)}
    >
      <span class="menu-mark">
        {checkable && entry.on && <Icon name="check" />}
        {!checkable && entry.icon && <Icon name={entry.icon} />}
      </span>
      <span class="menu-text">{entry.text}</span>
      {checkable && entry.note && <span class="menu-note">{entry.note}</span>}
    </button>
  );
}

const items = (list: HTMLElement): HTMLElement[] => [
  ...list.querySelectorAll<HTMLElement>('[role^=menuitem]'),
];

function steer(event: KeyboardEvent, list: HTMLElement): void {
  const all = items(list);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = destination(event.key, at, all);
  if (event.key === 'Tab') list.hidePopover();
  if (to !== undefined) all[to]?.focus();
  if (to !== undefined || event.key === 'Escape') event.preventDefault();
  if (event.key === 'Escape') list.hidePopover();
  event.stopPropagation(); // arrows in a menu are not the player's
}

function destination(key: string, at: number, all: readonly HTMLElement[]): number | undefined {
  if (key === 'ArrowDown') return (at + 1) % all.length;
  if (key === 'ArrowUp') return (at - 1 + all.length) % all.length;
  if (key === 'Home') return 0;
  if (key === 'End') return all.length - 1;
  if (key.length !== 1 || key === ' ') return undefined;
  const order = [...all.keys()].map((offset) => (at + 1 + offset) % all.length);
  const starts = (index: number) =>
    all[index]?.textContent?.trim().toLowerCase().startsWith(key.toLowerCase());
  return order.find(starts);
}

/** Below the button or above it, and inside the window. */
function place(list: HTMLElement, button: HTMLElement): void {
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const below = from.bottom + GAP + height <= innerHeight || from.top < height + GAP;
  const left = Math.min(Math.max(GAP, from.right - width), innerWidth - width - GAP);
  list.style.left = `${left}px`;
  list.style.top = `${below ? from.bottom + GAP : from.top - GAP - height}px`;
}

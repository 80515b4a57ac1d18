/** Which rows are chosen, as file lists do it: one, a range from an anchor, or some. Pure. */

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where a range begins. */
  readonly anchor: string | null;
  /** The row that has, or would have, the focus. */
  readonly active: string | null;
}

export const nothing: Selection = { ids: new Set(), anchor: null, active: null };

export const only = (id: string): Selection => ({ ids: new Set([id]), anchor: id, active: id });

export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id, active: id };
}

export function extended(selection: Selection, order: readonly string[], id: string): Selection {
  const anchor = selection.anchor ?? id;
  const [from, to] = [order.indexOf(anchor), order.indexOf(id)];
  if (from < 0 || to < 0) return only(id);
  const ids = new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  return { ids, anchor, active: id };
}

export const everything = (selection: Selection, order: readonly string[]): Selection => ({
  ids: new Set(order),
  anchor: order[0] ?? null,
  active: selection.active ?? order[0] ?? null,
});

/** The row `by` steps from the active one, kept inside the list. */
export function step(selection: Selection, order: readonly string[], by: number): string | null {
  if (order.length === 0) return null;
  const at = selection.active === null ? -1 : order.indexOf(selection.active);
  if (at < 0) return order[by > 0 ? 0 : order.length - 1] ?? null;
  return order[Math.max(0, Math.min(order.length - 1, at + by))] ?? null;
}

export function withoutIds(selection: Selection, gone: ReadonlySet<string>): Selection {
  const ids = new Set([...selection.ids].filter((id) => !gone.has(id)));
  const left = (id: string | null) => (id !== null && gone.has(id) ? null : id);
  return { ids, anchor: left(selection.anchor), active: left(selection.active) };
}

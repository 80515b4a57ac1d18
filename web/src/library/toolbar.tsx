import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';
import { filter, hasOthers, loadAll, mineOnly, order } from './catalogue.ts';
import { type Order, type SortKey, sortKeys } from './order.ts';

/** Filter, whose tracks, and, where columns have no heads, the order. */
export function Toolbar() {
  const { library: w, upload } = words.value;
  const names: Readonly<Record<SortKey, string>> = { ...w.columns, artist: upload.artist };
  return (
    <search class="toolbar">
      <label class="filter">
        <span class="visually-hidden">{w.filter}</span>
        <Icon name="search" />
        <input
          type="search"
          placeholder={w.filterHint}
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
            void loadAll();
          }}
        />
      </label>
      {hasOthers.value && (
        <select
          aria-label={w.whose}
          value={mineOnly.value ? 'mine' : 'everyone'}
          onChange={(event) => {
            mineOnly.value = event.currentTarget.value === 'mine';
            void loadAll();
          }}
        >
          <option value="everyone">{w.everyone}</option>
          <option value="mine">{w.mine}</option>
        </select>
      )}
      <select
        class="sort-select"
        aria-label={w.sortBy}
        value={order.value.key}
        onChange={(event) => sortBy(ordered(event.currentTarget.value as SortKey))}
      >
        {sortKeys.map((key) => (
          <option key={key} value={key}>
            {names[key]}
          </option>
        ))}
      </select>
    </search>
  );
}

const ordered = (key: SortKey): Order => ({ key, descending: key === 'added' });

export function sortBy(next: Order): void {
  order.value = next;
  void loadAll();
}

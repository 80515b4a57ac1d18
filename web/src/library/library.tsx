import { useSignal } from '@preact/signals';
import { sentence } from '../api/sentence.ts';
import { longLength } from '../figures.ts';
import { Notice } from '../parts/notice.tsx';
import { Title } from '../shell/title.tsx';
import { ChooseFiles } from '../uploads/choose.tsx';
import { UploadList } from '../uploads/upload_list.tsx';
import { uploads } from '../uploads/uploads.ts';
import { Sea, Shimmer } from '../waveform/swell.tsx';
import { words } from '../words/index.ts';
import {
  cursor,
  failure,
  filter,
  loadCatalogue,
  mineOnly,
  phase,
  shown,
  tracks,
} from './catalogue.ts';
import { nothing } from './selection.ts';
import { SelectionBar } from './selection_bar.tsx';
import { Toolbar } from './toolbar.tsx';
import { TrackList } from './track_list.tsx';

export function Library() {
  const w = words.value.library;
  const empty = phase.value === 'ready' && tracks.value.length === 0;
  return (
    <>
      <header class="page-head">
        <div>
          <Title>{w.title}</Title>
          <p class="page-sub">{phase.value === 'ready' && !empty ? count() : ' '}</p>
        </div>
        {!empty && phase.value === 'ready' && <Toolbar />}
      </header>
      <UploadList />
      {phase.value === 'loading' && <Loading />}
      {phase.value === 'failed' && <Failed />}
      {empty && uploads.value.length === 0 && <Empty />}
      {phase.value === 'ready' && !empty && <Listed />}
    </>
  );
}

function count(): string {
  const w = words.value.library;
  const length = tracks.value.reduce((sum, track) => sum + (track.duration_ms ?? 0), 0);
  if (cursor.value !== null) return w.countMore(tracks.value.length);
  return w.count(tracks.value.length, length ? longLength(length) : '');
}

function Listed() {
  const selection = useSignal(nothing);
  if (shown.value.length === 0) return <NoMatch />;
  return (
    <>
      <SelectionBar selection={selection} />
      <TrackList selection={selection} />
    </>
  );
}

function Loading() {
  const w = words.value.shell;
  return (
    <div class="rows-loading">
      <Shimmer label={w.loading} />
      {['first', 'second', 'third', 'fourth', 'fifth'].map((row) => (
        <div key={row} class="row-ghost" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

function Failed() {
  const w = words.value;
  return (
    <Notice title={w.library.failedTitle} text={sentence(failure.value, w)}>
      <button type="button" class="button-quiet" onClick={() => void loadCatalogue()}>
        {w.shell.retry}
      </button>
    </Notice>
  );
}

function Empty() {
  const w = words.value;
  return (
    <section class="empty">
      <Sea />
      <div class="empty-body">
        <h2>{w.library.emptyTitle}</h2>
        <p>{w.library.empty}</p>
        <ChooseFiles label={w.upload.choose} class="button" />
        <p class="hint">{w.upload.chooseHint}</p>
      </div>
    </section>
  );
}

function NoMatch() {
  const w = words.value.library;
  const text = filter.value ? w.noMatch(filter.value) : w.noneMine;
  const clear = () => {
    filter.value = '';
    mineOnly.value = false;
  };
  return (
    <section class="quiet-state" role="status">
      <h2>{w.noMatchTitle}</h2>
      <p>{text}</p>
      <button type="button" class="button-quiet" onClick={clear}>
        {w.clearFilter}
      </button>
    </section>
  );
}

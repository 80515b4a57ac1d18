import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api/problem.ts';
import { sentence } from '../api/sentence.ts';
import { sessionState, signedIn } from '../api/session.ts';
import { isMine } from '../library/catalogue.ts';
import { Notice } from '../parts/notice.tsx';
import { Title } from '../shell/title.tsx';
import { getTrack } from '../tracks/calls.ts';
import { known, meet } from '../tracks/known.ts';
import { faultOf, type Track, unsettled } from '../tracks/model.ts';
import { watch } from '../tracks/watching.ts';
import { ChooseFiles } from '../uploads/choose.tsx';
import { faultText } from '../uploads/trouble.ts';
import { Sea, Shimmer } from '../waveform/swell.tsx';
import { words } from '../words/index.ts';
import { DangerZone } from './danger_zone.tsx';
import { DetailsForm } from './details_form.tsx';
import { Hero } from './hero.tsx';
import { LoudnessFacts } from './loudness_facts.tsx';
import { Renditions } from './renditions.tsx';
import { Share } from './share.tsx';

/** A track of its own: what it sounds like, what was measured, who may hear it. */
export function TrackPage({ id }: { readonly id: string }) {
  const failure = useSignal<unknown>(null);
  const load = async () => {
    failure.value = null;
    try {
      const track = meet((await getTrack(id)).track).peek();
      if (unsettled(track)) watch(id);
    } catch (error) {
      failure.value = error;
    }
  };
  useEffect(() => {
    if (sessionState.value !== 'starting') void load();
  }, [id, sessionState.value]);

  const track = useComputed(() => known(id)?.value ?? null);
  const gone = failure.value instanceof Problem && [403, 404, 410].includes(failure.value.status);
  if (gone) return <Gone />;
  if (track.value) return <Shown track={track.value} />;
  if (failure.value) return <Failed error={failure.value} retry={load} />;
  return <Loading />;
}

function Shown({ track }: { readonly track: Track }) {
  const mine = isMine(track);
  const fault = faultOf(track);
  const w = words.value;
  return (
    <article class="track-page">
      <Hero track={track} />
      {fault ? (
        <Notice title={w.track.failedTitle} text={faultText(fault, w)}>
          {mine && <ChooseFiles label={w.track.uploadAgain} class="button-quiet" />}
        </Notice>
      ) : (
        <div class="track-facts">
          <LoudnessFacts track={track} />
          <Renditions track={track} />
        </div>
      )}
      {!fault && <Share track={track} mine={mine} />}
      {mine && !fault && <DetailsForm track={track} />}
      {mine && <DangerZone track={track} />}
    </article>
  );
}

function Loading() {
  return (
    <div class="track-loading">
      <Shimmer label={words.value.track.loading} />
    </div>
  );
}

function Gone() {
  const w = words.value;
  return (
    <section class="empty">
      <Sea />
      <div class="empty-body">
        <Title>{w.track.goneTitle}</Title>
        <p>{w.track.gone}</p>
        <a class="button" href={signedIn.value ? '/' : '/sign-in'}>
          {signedIn.value ? w.shell.toLibrary : w.shell.signIn}
        </a>
      </div>
    </section>
  );
}

function Failed({ error, retry }: { readonly error: unknown; retry(): Promise<void> }) {
  const w = words.value;
  return (
    <>
      <Title>{w.track.loadFailedTitle}</Title>
      <Notice text={sentence(error, w)}>
        <button type="button" class="button-quiet" onClick={() => void retry()}>
          {w.shell.retry}
        </button>
      </Notice>
    </>
  );
}

import { Register } from '../account/register.tsx';
import { SignIn } from '../account/sign_in.tsx';
import { JobsPage } from '../admin/jobs_page.tsx';
import { Problem } from '../api/problem.ts';
import { sentence } from '../api/sentence.ts';
import { forget, isAdmin, restoreFailure, sessionState, signedIn, start } from '../api/session.ts';
import { Library } from '../library/library.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { Dock } from '../player/dock.tsx';
import { QueuePanel } from '../player/queue_panel.tsx';
import { Sheet } from '../player/sheet.tsx';
import { TrackPage } from '../track/track_page.tsx';
import { DropZone } from '../uploads/drop_zone.tsx';
import { Sea, Shimmer } from '../waveform/swell.tsx';
import { words } from '../words/index.ts';
import { online } from './online.ts';
import { announcements } from './panels.ts';
import { route } from './route.ts';
import { Shortcuts } from './shortcuts.tsx';
import { Title } from './title.tsx';
import { TopBar } from './top_bar.tsx';

/** The shell: bar, view and player. Views come and go; the player stays. */
export function Page() {
  const w = words.value.shell;
  return (
    <>
      <a class="skip" href="#content">
        {w.skip}
      </a>
      <TopBar />
      {!online.value && (
        <p class="offline" role="status">
          <Icon name="offline" /> {w.offline}
        </p>
      )}
      <main id="content" tabIndex={-1}>
        <View />
      </main>
      <QueuePanel />
      <Dock />
      <Sheet />
      <Shortcuts />
      <DropZone />
      <div class="visually-hidden" role="log" aria-live="polite">
        {announcements.value.map(({ key, text }) => (
          <p key={key}>{text}</p>
        ))}
      </div>
    </>
  );
}

function View() {
  const at = route.value;
  if (sessionState.value === 'unreachable') return <Unreachable />;
  if (at.name === 'track') return <TrackPage key={at.id} id={at.id} />;
  if (at.name === 'missing') return <Missing />;
  if (sessionState.value === 'starting') return <Shimmer label={words.value.shell.loading} />;
  if (signedIn.value && at.name === 'jobs') return isAdmin.value ? <JobsPage /> : <Missing />;
  if (signedIn.value) return <Library />;
  return at.name === 'register' ? <Register /> : <SignIn />;
}

/** A session that waits for its server; only an error of the server's own may want a new one. */
function Unreachable() {
  const w = words.value;
  const answered = restoreFailure.value instanceof Problem;
  return (
    <>
      <Title>{w.shell.unreachableTitle}</Title>
      <Notice text={sentence(restoreFailure.value, w)}>
        <button type="button" class="button-quiet" onClick={() => void start()}>
          <Icon name="retry" /> {w.shell.retry}
        </button>
        {answered && (
          <button type="button" class="button-quiet" onClick={forget}>
            {w.shell.signIn}
          </button>
        )}
      </Notice>
    </>
  );
}

function Missing() {
  const w = words.value.shell;
  return (
    <section class="empty">
      <Sea />
      <div class="empty-body">
        <Title>{w.notFoundTitle}</Title>
        <p>{w.notFound}</p>
        <a class="button" href="/">
          {w.toLibrary}
        </a>
      </div>
    </section>
  );
}

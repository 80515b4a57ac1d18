import { isAdmin, sessionState, signedIn, signOut, user } from '../api/session.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu, type MenuEntry } from '../parts/menu.tsx';
import { ChooseFiles } from '../uploads/choose.tsx';
import { inFlight } from '../uploads/uploads.ts';
import { Logo } from '../waveform/swell.tsx';
import { type Language, language, languages, speak, words } from '../words/index.ts';
import { shortcutsOpen } from './panels.ts';
import { go, JOBS_PATH, route } from './route.ts';
import { setTheme, theme, themes } from './theme.ts';

export function TopBar() {
  const w = words.value.shell;
  const inLibrary = route.value.name === 'library' && signedIn.value;
  return (
    <header class="top-bar">
      <a class="brand" href="/" aria-label={w.home}>
        <Logo /> <span class="wordmark">{words.value.product}</span>
      </a>
      <nav class="top-nav">
        {signedIn.value && (
          <a href="/" aria-current={inLibrary ? 'page' : undefined}>
            {w.library}
          </a>
        )}
        {isAdmin.value && (
          <a href={JOBS_PATH} aria-current={route.value.name === 'jobs' ? 'page' : undefined}>
            {words.value.work.title}
          </a>
        )}
        {signedIn.value && !inLibrary && inFlight.value.length > 0 && (
          <a class="chip" href="/">
            {w.uploading(inFlight.value.length)}
          </a>
        )}
      </nav>
      <div class="top-end">
        {signedIn.value && <ChooseFiles label={w.upload} class="button-quiet top-upload" />}
        {sessionState.value === 'guest' && <SignInLink />}
        <AccountMenu />
      </div>
    </header>
  );
}

function SignInLink() {
  // These show the form itself.
  if (['sign-in', 'register', 'library', 'jobs'].includes(route.value.name)) return null;
  return (
    <a class="button-quiet" href="/sign-in">
      {words.value.shell.signIn}
    </a>
  );
}

function AccountMenu() {
  const w = words.value.shell;
  const name = user.value?.username;
  return (
    <Menu label={name ? w.account(name) : w.settings} class="button-account" entries={entries()}>
      {name ? <span aria-hidden="true">{name.slice(0, 1)}</span> : <Icon name="person" />}
    </Menu>
  );
}

function entries(): MenuEntry[] {
  const w = words.value.shell;
  const themeNames = { system: w.system, light: w.light, dark: w.dark };
  const tongues = Object.keys(languages) as Language[];
  const leave = () => {
    go('/');
    void signOut();
  };
  return [
    ...(user.value ? [{ kind: 'heading', text: user.value.username } as const] : []),
    { kind: 'heading', text: w.theme },
    ...themes.map(
      (name): MenuEntry => ({
        kind: 'radio',
        text: themeNames[name],
        on: theme.value === name,
        act: () => setTheme(name),
      }),
    ),
    { kind: 'heading', text: w.language },
    ...tongues.map(
      (code): MenuEntry => ({
        kind: 'radio',
        text: languages[code].languageName,
        on: language.value === code,
        act: () => speak(code),
      }),
    ),
    { kind: 'heading', text: '' },
    // On a phone the bar has no room for links.
    ...(isAdmin.value
      ? [{ kind: 'action', text: words.value.work.title, act: () => go(JOBS_PATH) } as const]
      : []),
    {
      kind: 'action',
      text: w.shortcuts,
      act: () => {
        shortcutsOpen.value = true;
      },
    },
    ...(user.value ? [{ kind: 'action', text: w.signOut, act: leave } as const] : []),
  ];
}

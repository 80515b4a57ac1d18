import { useSignal } from '@preact/signals';
import { Problem } from '../api/problem.ts';
import { sentence } from '../api/sentence.ts';
import { sessionEnded, signIn } from '../api/session.ts';
import { remaining } from '../figures.ts';
import { Field } from '../parts/field.tsx';
import { go, route } from '../shell/route.ts';
import { Title } from '../shell/title.tsx';
import type { Words } from '../words/english.ts';
import { words } from '../words/index.ts';
import { Gate } from './gate.tsx';
import { PasswordField } from './password_field.tsx';

export function SignIn() {
  const w = words.value.account;
  const busy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '');
    busy.value = true;
    failure.value = null;
    try {
      await signIn(text('username'), text('password'), form.has('remember'));
      if (route.peek().name === 'sign-in') go('/');
    } catch (error) {
      failure.value = error;
    }
    busy.value = false;
  };
  return (
    <Gate>
      <form class="gate-form" onSubmit={(event) => void submit(event)}>
        <Title>{w.signInTitle}</Title>
        {sessionEnded.value && failure.value === null && <p role="status">{w.signedOut}</p>}
        {failure.value !== null && (
          <p class="fault" role="alert">
            {refusal(failure.value, words.value)}
          </p>
        )}
        <Field
          label={w.nameOrEmail}
          name="username"
          autocomplete="username"
          required
          autoCapitalize="none"
          spellcheck={false}
        />
        <PasswordField label={w.password} autocomplete="current-password" />
        <label class="check">
          <input type="checkbox" name="remember" /> {w.remember}
        </label>
        <button type="submit" class="button button-wide" disabled={busy.value}>
          {busy.value ? w.signingIn : w.signIn}
        </button>
        <p>
          <a href="/register">{w.toRegister}</a>
        </p>
      </form>
    </Gate>
  );
}

function refusal(error: unknown, words: Words): string {
  if (!(error instanceof Problem)) return sentence(error, words);
  if (error.status === 401) return words.account.wrong;
  if (error.status === 429) return words.account.tooOften(remaining(error.retryAfter ?? 60));
  return sentence(error, words);
}

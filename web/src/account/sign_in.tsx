import { sessionEnded, signIn } from '../api/session.ts';
import { Field } from '../parts/field.tsx';
import { go, route } from '../shell/route.ts';
import { Title } from '../shell/title.tsx';
import { words } from '../words/index.ts';
import { Gate } from './gate.tsx';
import { PasswordField } from './password_field.tsx';
import { refusal, text, useSubmission } from './submission.ts';

export function SignIn() {
  const w = words.value.account;
  const { busy, failure, submit } = useSubmission(async (form) => {
    await signIn(text(form, 'username'), text(form, 'password'), form.has('remember'));
    if (route.peek().name === 'sign-in') go('/');
  });
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

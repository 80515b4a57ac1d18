import { Problem } from '../api/problem.ts';
import { register } from '../api/session.ts';
import { Field } from '../parts/field.tsx';
import { go } from '../shell/route.ts';
import { Title } from '../shell/title.tsx';
import { words } from '../words/index.ts';
import { Gate } from './gate.tsx';
import { PasswordField } from './password_field.tsx';
import { refusal, text, useSubmission } from './submission.ts';

export function Register() {
  const w = words.value.account;
  const { busy, failure, submit } = useSubmission(async (form) => {
    await register(text(form, 'username'), text(form, 'email'), text(form, 'password'));
    go('/');
  });
  const fault = (field: string) => faultAt(failure.value, field);
  const general = failure.value !== null && !['username', 'email', 'password'].some(fault);
  return (
    <Gate>
      <form class="gate-form" onSubmit={(event) => void submit(event)}>
        <Title>{w.registerTitle}</Title>
        {general && (
          <p class="fault" role="alert">
            {refusal(failure.value, words.value)}
          </p>
        )}
        <Field
          label={w.name}
          name="username"
          autocomplete="username"
          required
          minLength={3}
          maxLength={50}
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{2,49}"
          autoCapitalize="none"
          spellcheck={false}
          hint={w.nameHint}
          title={w.nameHint}
          fault={fault('username')}
        />
        <Field
          label={w.email}
          name="email"
          type="email"
          autocomplete="email"
          required
          fault={fault('email')}
        />
        <PasswordField
          label={w.password}
          autocomplete="new-password"
          minLength={10}
          hint={w.passwordHint}
          fault={fault('password')}
        />
        <button type="submit" class="button button-wide" disabled={busy.value}>
          {busy.value ? w.registering : w.register}
        </button>
        <p>
          <a href="/sign-in">{w.toSignIn}</a>
        </p>
      </form>
    </Gate>
  );
}

/** Problems point at fields; a taken name or address says which by its type. */
function faultAt(error: unknown, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  if (error.status === 409 && error.type === `${field}-taken`) return error.detail;
  return error.faults.find(({ pointer }) => pointer.replace(/^#/, '') === `/${field}`)?.detail;
}

import { useSignal } from '@preact/signals';
import { Field } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';

interface PasswordFieldProps {
  readonly label: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly minLength?: number;
  readonly hint?: string;
  readonly fault?: string | undefined;
}

export function PasswordField({ label, ...rest }: PasswordFieldProps) {
  const w = words.value.account;
  const shown = useSignal(false);
  return (
    <Field
      label={label}
      name="password"
      type={shown.value ? 'text' : 'password'}
      required
      maxLength={256}
      {...rest}
      beside={
        <button
          type="button"
          class="field-button"
          aria-label={shown.value ? w.hide : w.show}
          aria-pressed={shown.value}
          onClick={() => {
            shown.value = !shown.value;
          }}
        >
          <Icon name={shown.value ? 'eye-off' : 'eye'} />
        </button>
      }
    />
  );
}

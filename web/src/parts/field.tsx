import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';

type Plain = Omit<InputHTMLAttributes<HTMLInputElement>, 'label' | 'icon' | 'role' | 'type'>;

interface FieldProps extends Plain {
  readonly type?: 'text' | 'email' | 'password';
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly beside?: ComponentChildren;
}

/** A labelled input, with its hint or, once refused, what is wrong. */
export function Field({ label, hint, fault, beside, ...input }: FieldProps) {
  const id = useId();
  const told = fault ?? hint;
  return (
    <div class={fault ? 'field field-faulty' : 'field'}>
      <label for={id}>{label}</label>
      <span class="field-box">
        <input
          id={id}
          aria-invalid={fault ? true : undefined}
          aria-describedby={told ? `${id}-told` : undefined}
          // Preact types inputs by their type; one of three, as here, fits none of them.
          {...(input as InputHTMLAttributes<HTMLInputElement>)}
        />
        {beside}
      </span>
      {told && (
        <p class="field-told" id={`${id}-told`}>
          {told}
        </p>
      )}
    </div>
  );
}

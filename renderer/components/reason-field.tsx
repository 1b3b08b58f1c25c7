import { TextInput } from '@mantine/core';

interface ReasonFieldProps {
  readonly value: string;
  onChange(value: string): void;
  /** Reasons that come up often, one press each. */
  readonly usual: readonly string[];
  readonly placeholder?: string;
  readonly error?: string | null;
  readonly autoFocus?: boolean;
}

export function ReasonField({ value, onChange, usual, placeholder, error, autoFocus }: ReasonFieldProps) {
  return (
    <div className="reason">
      <TextInput
        label="Reason"
        value={value}
        maxLength={200}
        placeholder={placeholder ?? 'goes into the audit'}
        error={error ?? null}
        data-autofocus={autoFocus === true ? true : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <fieldset className="usual bare" aria-label="Often used">
        {usual.map((reason) => (
          <button type="button" key={reason} aria-pressed={value === reason} onClick={() => onChange(reason)}>
            {reason}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

import { cannotSend } from '../store/sendable.ts';
import { useSelect } from './console-context.tsx';

/** Why something that is sent in the end cannot be now; null: it can, or sends nothing. */
export function useWhyNot(): (what: { readonly sends: 'acts' | 'kills' | null }) => string | null {
  const acts = useSelect((state) => cannotSend(state, 'acts'));
  const kills = useSelect((state) => cannotSend(state, 'kills'));
  return ({ sends }) => (sends === null ? null : { acts, kills }[sends]);
}

import { safeStorage } from 'electron';
import { keychainOfSystem } from '../base/platform.ts';
import type { Keychain } from '../contracts/keychain.ts';

/** Electron's word for none: it would encrypt with a password that everybody knows. */
const NONE = new Set(['basic_text', 'unknown']);

/** The keychain of this system, or why there is none; must run after the application is ready. */
export function systemKeychain(): { readonly keychain: Keychain | null; readonly why: string } {
  const name = keychainOfSystem() ?? safeStorage.getSelectedStorageBackend();
  if (NONE.has(name) || !safeStorage.isEncryptionAvailable())
    return { keychain: null, why: 'the system has no keychain that can be used' };
  return {
    keychain: { name, seal: (plain) => safeStorage.encryptString(plain), open: (sealed) => safeStorage.decryptString(sealed) },
    why: '',
  };
}

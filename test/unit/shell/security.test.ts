import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { denyPermissions, hardenApp } from '../../../main/shell/security.ts';

type Answer = (granted: boolean) => void;

const electron = vi.hoisted(() => ({
  request: null as ((contents: unknown, permission: string, answer: Answer) => void) | null,
  languages: null as readonly string[] | null,
  check: null as ((contents: unknown, permission: string) => boolean) | null,
}));
vi.mock('electron', () => ({
  session: {
    defaultSession: {
      setSpellCheckerLanguages: (languages: readonly string[]) => {
        electron.languages = languages;
      },
      setPermissionRequestHandler: (handler: typeof electron.request) => {
        electron.request = handler;
      },
      setPermissionCheckHandler: (handler: typeof electron.check) => {
        electron.check = handler;
      },
    },
  },
}));

class Contents extends EventEmitter {
  webRtc = '';
  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtc = policy;
  }
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  /** @returns whether the page may go on */
  asks(event: string, url: string): boolean {
    let prevented = false;
    this.emit(event, { url, preventDefault: () => (prevented = true) });
    return !prevented;
  }
}

describe('every page of the application', () => {
  let contents: Contents;
  let sandboxed: number;
  beforeEach(() => {
    sandboxed = 0;
    const application = Object.assign(new EventEmitter(), {
      enableSandbox: () => {
        sandboxed += 1;
      },
    });
    hardenApp(application as unknown as App);
    contents = new Contents();
    application.emit('web-contents-created', {}, contents);
  });

  it('is sandboxed', () => {
    expect(sandboxed).toBe(1);
  });

  it('opens no window', () => {
    for (const url of ['app://console/index.html', 'https://example.org', 'file:///etc/passwd']) {
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
  });

  it.each([
    ['app://console/index.html', true],
    ['app://console.evil.example/index.html', false],
    ['app://consoleevil/', false],
    ['app://console', false],
    ['https://example.org/app://console/', false],
    ['file:///etc/passwd', false],
    ['data:text/html,x', false],
    ['javascript:alert(1)', false],
  ])('may go to %s: %s', (url, allowed) => {
    expect(contents.asks('will-navigate', url)).toBe(allowed);
    expect(contents.asks('will-redirect', url)).toBe(allowed);
    expect(contents.asks('will-frame-navigate', url)).toBe(allowed);
  });

  it('embeds no other', () => {
    expect(contents.asks('will-attach-webview', 'app://console/index.html')).toBe(false);
  });

  it('sends nothing past the policy: neither WebRTC nor a request for a dictionary', () => {
    denyPermissions();
    expect([contents.webRtc, electron.languages]).toEqual(['disable_non_proxied_udp', []]);
  });

  it('is given no permission, neither asked for nor looked up', () => {
    denyPermissions();
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'hid',
      'openExternal',
      'new-in-electron-99',
    ]) {
      const answers: boolean[] = [];
      electron.request?.({}, permission, (granted) => answers.push(granted));
      expect(answers).toEqual([false]);
      expect(electron.check?.({}, permission)).toBe(false);
    }
  });
});

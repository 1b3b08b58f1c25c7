import { contextBridge, ipcRenderer } from 'electron';
import type { Args, PreloadApi, PushChannel, Pushes, RequestChannel, Value } from '../main/contracts/ipc.ts';
import { ELECTRON_CHANNEL_PREFIX } from '../main/contracts/ipc.ts';
import type { Result } from '../main/contracts/result.ts';

const request =
  <C extends RequestChannel>(channel: C) =>
  (args: Args<C>, notAfterMs?: number): Promise<Result<Value<C>>> =>
    ipcRenderer.invoke(ELECTRON_CHANNEL_PREFIX + channel, args, ...(typeof notAfterMs === 'number' ? [notAfterMs] : []));

const push =
  <C extends PushChannel>(channel: C) =>
  (listener: (payload: Pushes[C]) => void): (() => void) => {
    // The page gets the payload alone: the event would hand it the sender.
    const forward = (_event: unknown, payload: Pushes[C]): void => listener(payload);
    ipcRenderer.on(ELECTRON_CHANNEL_PREFIX + channel, forward);
    return () => {
      ipcRenderer.removeListener(ELECTRON_CHANNEL_PREFIX + channel, forward);
    };
  };

const api: PreloadApi = {
  requests: {
    'console.snapshot': request('console.snapshot'),
    'lp.config': request('lp.config'),
    'lp.create': request('lp.create'),
    'lp.save': request('lp.save'),
    'lp.delete': request('lp.delete'),
    'lp.activate': request('lp.activate'),
    'lp.deactivate': request('lp.deactivate'),
    'lp.restart': request('lp.restart'),
    'lp.kill': request('lp.kill'),
    'lp.kill-all': request('lp.kill-all'),
    'lp.rearm': request('lp.rearm'),
    'lp.take-over': request('lp.take-over'),
    'lp.set-sequence': request('lp.set-sequence'),
    'lp.reset-sequence': request('lp.reset-sequence'),
    'lp.test-request': request('lp.test-request'),
    'lp.resend-request': request('lp.resend-request'),
    'lp.timeline': request('lp.timeline'),
    'fixlog.open': request('fixlog.open'),
    'fixlog.close': request('fixlog.close'),
    'fixlog.decode': request('fixlog.decode'),
    'token.list': request('token.list'),
    'token.create': request('token.create'),
    'token.revoke': request('token.revoke'),
    'audit.list': request('audit.list'),
    'incident.list': request('incident.list'),
    'incident.get': request('incident.get'),
    'refused.list': request('refused.list'),
    'refused.retry': request('refused.retry'),
    'refused.discard': request('refused.discard'),
  },
  pushes: {
    'console.delta': push('console.delta'),
    'fixlog.lines': push('fixlog.lines'),
    timeline: push('timeline'),
  },
};

contextBridge.exposeInMainWorld('vfxlp', api);

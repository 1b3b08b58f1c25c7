/**
 * The defaults of a session as values: the build puts them here (electron.vite.config.ts), so that an engine by itself does not load the schema
 * that they come from, which would cost every one of its processes 20 MB and half of its time to start.
 */
export { DEFAULT_SESSION } from './lp-config.ts';

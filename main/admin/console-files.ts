import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Serves the browser console. No token: the files hold no secret, and what the page asks for needs one. */
export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Vite names what stands under assets/ by its content.
      const forever = /[\\/]assets[\\/]/.test(path);
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

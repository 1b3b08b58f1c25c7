import { createServer } from 'node:net';

// Listens in the network in which it was started, and hands the listening socket to its parent.
const server = createServer({ noDelay: true });
server.listen(0, process.argv[2], () => process.send?.('listening', server));

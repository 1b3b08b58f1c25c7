// What main uses of the Node of Electron 45 and the Node 20 of the stand-in lacks.
Symbol.dispose ??= Symbol('Symbol.dispose');
Symbol.asyncDispose ??= Symbol('Symbol.asyncDispose');
globalThis.AsyncDisposableStack ??= class AsyncDisposableStack {
  #closers = [];

  defer(close) {
    this.#closers.push(close);
  }

  async disposeAsync() {
    const errors = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
};

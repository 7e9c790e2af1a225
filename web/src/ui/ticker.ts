import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Scope } from '../lib/scope';

/** Draws its element anew every second while the element is on the page. */
export class Ticker implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #scope = new Scope();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#scope = new Scope();
    this.#scope.interval(1000, () => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#scope.close();
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Emitter } from '../lib/emitter';
import { Scope } from '../lib/scope';
import { ENGLISH, type Speech, type Translate } from './speech';

const ASK = 'parley-speech';

/** `parley-speech`: an element asks those around it how they speak. */
type AskEvent = CustomEvent<(source: SpeechSource) => void>;

/** Tells every element inside `element` in which language to speak; the page has one. */
export class SpeechSource extends Emitter<{ change: Speech }> {
  #speech: Speech;
  readonly #scope = new Scope();

  constructor(element: EventTarget, speech: Speech) {
    super();
    this.#speech = speech;
    this.#scope.listen(element, ASK, (event: AskEvent) => {
      event.stopPropagation();
      event.detail(this);
    });
  }

  get speech(): Speech {
    return this.#speech;
  }

  /** Changes the language; every element that speaks is drawn anew. */
  set speech(speech: Speech) {
    if (speech.language === this.#speech.language) return;
    this.#speech = speech;
    this.emit('change', speech);
  }

  close(): void {
    this.#scope.close();
  }
}

/** The words for one element, in the language of the page around it: `${this.#msg.t('light.stop')}`. */
export class Msg implements ReactiveController {
  readonly #host: ReactiveControllerHost & EventTarget;
  #speech = ENGLISH;
  #scope = new Scope();

  constructor(host: ReactiveControllerHost & EventTarget) {
    this.#host = host;
    host.addController(this);
  }

  get language(): Speech['language'] {
    return this.#speech.language;
  }

  get dir(): Speech['dir'] {
    return this.#speech.dir;
  }

  get t(): Translate {
    return this.#speech.t;
  }

  hostConnected(): void {
    this.#scope = new Scope();
    const found = (source: SpeechSource): void => {
      this.#follow(source.speech);
      this.#scope.defer(source.on('change', (speech) => this.#follow(speech)));
    };
    this.#host.dispatchEvent(new CustomEvent(ASK, { detail: found, bubbles: true, composed: true }));
  }

  hostDisconnected(): void {
    this.#scope.close();
  }

  #follow(speech: Speech): void {
    this.#speech = speech;
    this.#host.requestUpdate();
  }
}

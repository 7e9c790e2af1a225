import { ParleyCall } from './parleycall';

// The file may be loaded twice, by two parts of one site.
if (!customElements.get('parley-call')) customElements.define('parley-call', ParleyCall);

export { ParleyCall };

/**
 * `@parley/client`: calls at a Parley server from any page or framework. It knows nothing of how
 * anything looks: a page draws the state of the session and hands on what the person does.
 *
 *     const { calls } = createClient({ server, token });
 *     calls.on('change', (state) => draw(state));
 *     calls.setSink(document.querySelector('audio'));
 *     calls.start();
 *     await calls.call('dr-lee');
 */
export { Api, type ApiConfig } from './api';
export { createCheck, createClient, tabMemory, type Client, type ClientConfig } from './browser';
export { ConnectionCheck, UNCHECKED, type CheckState, type ConnectionCheckConfig } from './check/check';
export type { Measured } from './check/measure';
export type { ConnectionFault, WayState } from './check/verdict';
export { WAYS, type Way } from './check/ways';
export { CallController } from './controller';
export type { CallMemory, ControllerConfig, ControllerEvents } from './controllerconfig';
export { CallMedia, type AudioSink, type CallMediaConfig, type Hearing, type MediaState } from './media/callmedia';
export type { Device, DeviceLists } from './media/devices';
export { levelOf, meterFactory, type Meter, type MeterFactory } from './media/meter';
export type { MicrophoneFault, MicrophoneState } from './media/microphone';
export type { Quality, QualityReason, QualityWord } from './media/quality';
export { browserNotifier, Notifier, type NotifierConfig } from './notifier';
export { ProblemError, problemOf } from './problem';
export { Ringer } from './ringer';
export { Socket, type SocketConfig, type SocketState } from './socket';
export { openQuestion, rings, START, visibleQuestion, type SessionState } from './state';
export type { Expert, Presence, Problem } from '../wire/server';
export type { Answer, CallView, EndReason, Person, Question, RecordingState } from '../wire/view';

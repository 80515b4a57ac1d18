/** The light build has the full one's interface; the package ships types for that one only. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}

/**
 * What the app loads for providers: a panel with a frame per provider. It begins minimized, as people
 * report of real apps, until the provider's page asks for another mode: 0 minimized, 1 docked, 2 hidden.
 */
export const frameworkLibrary = `(() => {
  const panel = document.getElementById('communication-panel');
  const show = (mode) => {
    panel.dataset.mode = String(mode);
    panel.style.cssText =
      mode === 2
        ? 'display: none'
        : 'position: fixed; left: 0; bottom: 0; overflow: hidden; background: Canvas; outline: 1px solid; ' +
          (mode === 1 ? 'top: 0; width: 400px' : 'width: 48px; height: 48px');
    document.body.style.paddingLeft = mode === 1 ? '410px' : '';
  };
  show(0);
  const frames = JSON.parse(sessionStorage.getItem('channelProviders') || '[]').map((provider) => {
    const frame = document.createElement('iframe');
    frame.title = provider.label;
    frame.src = provider.url;
    frame.style.cssText = 'border: 0; width: 100%; height: 100%';
    panel.append(frame);
    return frame;
  });
  addEventListener('message', ({ data, source }) => {
    const isOurs = frames.some((frame) => frame.contentWindow === source);
    if (!isOurs || data?.framework !== 'request') return;
    const isKnown = data.method === 'setMode' && [0, 1, 2].includes(data.value);
    if (isKnown) show(data.value);
    source.postMessage({ framework: 'answer', id: data.id, ok: isKnown }, '*');
  });
})();
`;

/** What a provider's page loads: the part of the framework's functions that a panel needs. */
export const providerLibrary = `(() => {
  const waiting = new Map();
  let last = 0;
  addEventListener('message', ({ data }) => {
    if (data?.framework !== 'answer') return;
    const answer = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.ok) answer?.resolve();
    else answer?.reject(new Error('The framework refused the request.'));
  });
  const ask = (method, value) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      parent.postMessage({ framework: 'request', id: last, method, value }, '*');
    });
  window.Microsoft = { CIFramework: { setMode: (value) => ask('setMode', value) } };
})();
`;

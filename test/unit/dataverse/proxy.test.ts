import assert from 'node:assert/strict';
import { proxyFor, type Proxy } from '#shared/dataverse/proxy.ts';

function proxy(
  variables: Readonly<Record<string, string>>,
  url = 'https://contoso.crm4.dynamics.com/api',
): Proxy | undefined {
  return proxyFor(new URL(url), (name) => variables[name]);
}

describe('the proxy of a request', () => {
  it('comes from HTTPS_PROXY, with its user', () => {
    assert.deepEqual(proxy({ HTTPS_PROXY: 'http://ann:p%40ss@proxy:8080' }), {
      protocol: 'http:',
      host: 'proxy',
      port: 8080,
      auth: { username: 'ann', password: 'p@ss' },
    });
    assert.equal(proxy({ https_proxy: 'proxy.contoso.com:3128' })?.port, 3128);
    assert.equal(proxy({ HTTP_PROXY: 'http://proxy' }), undefined, 'that one is for plain http');
  });

  it('is left out for the hosts of NO_PROXY and for this machine', () => {
    const set = { HTTPS_PROXY: 'http://proxy' };
    for (const listed of ['dynamics.com', '.dynamics.com', 'x, *.crm4.dynamics.com', '*'])
      assert.equal(proxy({ ...set, NO_PROXY: listed }), undefined, listed);
    assert.ok(proxy({ ...set, NO_PROXY: 'evil-dynamics.com,s.com' }));
    assert.equal(proxy(set, 'https://127.0.0.1:8080/'), undefined);
    assert.equal(proxy({ HTTP_PROXY: 'http://proxy' }, 'http://169.254.169.254/x'), undefined);
  });

  it('is the one of the agent where no other is set, with its bypass list', () => {
    const agent = { 'Agent.ProxyUrl': 'http://agent:8888', 'Agent.ProxyUsername': 'svc' };
    assert.deepEqual(proxy(agent), {
      protocol: 'http:',
      host: 'agent',
      port: 8888,
      auth: { username: 'svc', password: '' },
    });
    assert.equal(proxy({ ...agent, HTTPS_PROXY: 'http://own:1' })?.host, 'own');
    const list = JSON.stringify(['.*\\.dynamics\\.com.*']);
    assert.equal(proxy({ ...agent, 'Agent.ProxyBypassList': list }), undefined);
    assert.ok(proxy({ ...agent, 'Agent.ProxyBypassList': 'no JSON' }));
  });

  it('is none where the address cannot be read', () => {
    assert.equal(proxy({ HTTPS_PROXY: 'http://' }), undefined);
    assert.equal(proxy({}), undefined);
  });
});

// A hundred events fill a batch, which is sent at once.
const { subscribe } = require('diagnostics_channel');
const loggly = require('node-loggly-bulk-3');

// The client tells nobody what it was answered, and would wait for more.
subscribe('http.client.response.finish', ({ response }) => process.exit(response.statusCode === 200 ? 0 : 1));

const client = loggly.createClient({
  token: process.env.TOKEN,
  subdomain: 'shop',
  host: process.env.HOST,
  tags: ['a1', 'b2'],
  json: true,
  isBulk: true,
});
for (let n = 0; n < 100; n += 1) {
  client.log({ message: `event ${n}`, n }, () => {});
}

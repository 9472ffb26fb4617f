// An object and a text, each a request of its own.
const loggly = require('node-loggly-bulk-4');

const options = { token: process.env.TOKEN, subdomain: 'shop', host: process.env.HOST, tags: ['a1', 'b2'] };
const send = (client, event) => new Promise((resolve, reject) => {
  client.log(event, (error, result) => {
    if (error) reject(error);
    else if (!result || result.response !== 'ok') reject(new Error(JSON.stringify(result)));
    else resolve();
  });
});

(async () => {
  await send(loggly.createClient({ ...options, json: true }), { message: 'an object', n: 7, nested: { ok: true } });
  await send(loggly.createClient({ ...options, useTagHeader: false }), 'a text');
  // The client would wait for more.
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

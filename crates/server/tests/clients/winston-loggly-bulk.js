// The transport takes no host: only its client knows where to send.
const winston = require('winston');
const { Loggly } = require('winston-loggly-bulk');

const transport = new Loggly({ token: process.env.TOKEN, subdomain: 'shop', tags: ['winston'], json: true });
transport.client.host = process.env.HOST;
transport.client.urls.log = `https://${process.env.HOST}/inputs/${process.env.TOKEN}`;

transport.client.on('log', () => process.exit(0));
winston.createLogger({ transports: [transport] }).info('cart saved', { total: 12.5 });

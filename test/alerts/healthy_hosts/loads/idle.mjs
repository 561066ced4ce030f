/** @type {import('../record.mjs').Load} */
export default {
  story: 'nothing runs but the system and the exporter',
  begin() {},
};

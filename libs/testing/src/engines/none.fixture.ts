import { noKafka } from './kafka-jars';
import { noMongoDb } from './mongodb-program';

/** Why a test cannot have servers of its own. They take minutes, so they run where servers were asked for. */
export const noServersOfOurOwn =
  process.env['CHUANYU_TEST_KAFKA'] === undefined
    ? 'starts servers of its own: eval "$(script/engines start)" first'
    : (noKafka() ?? noMongoDb());

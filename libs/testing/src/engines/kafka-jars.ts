import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CannotStart } from './engine';
import { outputOf } from './processes';

export const KAFKA_VERSION = '4.1.1';
const OLDEST_JAVA = 17;

/** Where engines live and keep what they downloaded: in the repository, outside version control. */
export const enginesFolder = resolve(__dirname, '../../../../.data/engines');

const jars = (engines: string) => join(engines, 'downloads', `kafka-${KAFKA_VERSION}`);

/** Why a Kafka could not be started here at once; undefined where it can. For tests, which download nothing. */
export function noKafka(engines = enginesFolder): string | undefined {
  try {
    findJava();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return existsSync(jars(engines)) ? undefined : 'Kafka was not downloaded yet: script/engines start does it';
}

/** Why Kafka's own command line tools cannot be run here; undefined where they can. */
export function noKafkaTools(engines = enginesFolder): string | undefined {
  const folder = jars(engines);
  if (existsSync(join(folder, `kafka-tools-${KAFKA_VERSION}.jar`))) return noKafka(engines);
  return `Kafka's tools were not downloaded yet: remove ${folder}, and script/engines start does it`;
}

/** The class path of Kafka, downloaded from Maven Central (47 files, 43 MB) the first time. */
export function kafkaClassPath(engines = enginesFolder, say: (line: string) => void = () => undefined): string {
  findJava();
  const folder = jars(engines);
  if (!existsSync(folder)) download(folder, say);
  return join(folder, '*');
}

export function findJava(): void {
  let said: string;
  try {
    said = outputOf('java', ['-version']);
  } catch (error) {
    throw new CannotStart(`Kafka needs Java ${OLDEST_JAVA} or newer, and there is no java here that runs.`, {
      cause: error,
    });
  }
  // "17.0.15", or "1.8.0_402" of old.
  const version = Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1]);
  if (version < OLDEST_JAVA)
    throw new CannotStart(`Kafka needs Java ${OLDEST_JAVA} or newer; java here is version ${version}.`);
}

function download(folder: string, say: (line: string) => void): void {
  try {
    outputOf('mvn', ['--version']);
  } catch (error) {
    throw new CannotStart(
      'Kafka is downloaded by Maven the first time, and there is no mvn here. Install Maven 3 (https://maven.apache.org), ' +
        `or put the jars of org.apache.kafka:kafka_2.13:${KAFKA_VERSION} with all they depend on into ${folder}.`,
      { cause: error },
    );
  }
  say(`downloading Kafka ${KAFKA_VERSION} by Maven into ${folder} …`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'pom.xml'), POM);
  try {
    outputOf('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'], partial);
  } catch (error) {
    throw new CannotStart(
      'Maven could not download Kafka. Is Maven Central reachable, or a mirror of it named in settings.xml?',
      { cause: error },
    );
  }
  // Only what arrived whole has the final name.
  renameSync(join(partial, 'jars'), folder);
  rmSync(partial, { recursive: true });
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>chuanyu</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <!-- Its console consumer needs nothing that is not there; the rest of it would need Kafka Connect. -->
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

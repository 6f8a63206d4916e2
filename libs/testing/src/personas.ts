import { addDays, checkDigit } from '@chuanyu/reference';
import { Random } from './simulation/random';

const surnames = Array.from('蒲鲜苟敬阚雍昝蹇涂冉向覃谯尧代文税仲楚祝靳习闵娄');
const given = Array.from('德福顺玉兰成虎秀云启明志勇光荣正平永红学军春梅泽宇思雨');
const streets = ['松牌路', '龙山大道', '观音桥步行街', '红锦大道', '黄泥磅正街', '新牌坊一路', '余松西路'];

/** What a prison tells of a person: a valid form of 通报. */
export interface NoticeForm {
  readonly name: string;
  readonly residentId: string;
  readonly offence: string;
  readonly sentence: string;
  readonly releaseDate: string;
  readonly household: string;
  readonly address: string;
  readonly familyContact?: string;
  readonly familyTelephone?: string;
  readonly keyPerson: boolean;
  readonly risk: '低' | '中' | '高';
  readonly assessment?: string;
}

/**
 * People who do not exist, in valid forms: the same seed brings the same people. Every personal value that was made is
 * remembered, so that whoever should not have it can be searched for it.
 */
export class Personas {
  /** Names, numbers, addresses, telephones and what was written about people. */
  readonly personal = new Set<string>();
  private readonly random: Random;
  constructor(
    seed: number,
    /** The platform's date now: it moves. */
    readonly today: () => string,
  ) {
    this.random = new Random(seed);
  }

  /** Unknown to every officer's list: two or three characters. */
  aName(): string {
    const name = this.pick(surnames) + this.pick(given) + (this.random.chance(0.9) ? this.pick(given) : '');
    return this.noted(name);
  }
  /** With a right check digit, of an adult of the division. */
  aResidentId(division = '500112'): string {
    const birth = addDays('1965-01-01', this.random.below(14_000)).replaceAll('-', '');
    const digits = `${division}${birth}${String(this.random.below(1000)).padStart(3, '0')}`;
    return this.noted(digits + checkDigit(digits));
  }
  /** A record of an internship, as the bar association that keeps it certifies it; in publicity for six days. */
  anInternship() {
    const until = addDays(this.today(), -30);
    return {
      name: this.aName(),
      residentId: this.aResidentId('510107'),
      firm: '四川天府律师事务所',
      kind: '实习期',
      from: addDays(until, -380),
      until,
      result: '合格',
      publicUntil: addDays(this.today(), 6),
    };
  }
  aTelephone(): string {
    return this.noted(
      `1${this.pick(['38', '39', '50', '58', '86'])}${String(this.random.below(1e8)).padStart(8, '0')}`,
    );
  }
  anAddress(): string {
    const n = (most: number) => 1 + this.random.below(most);
    return this.noted(`重庆市渝北区${this.pick(streets)}${n(300)}号${n(12)}栋${n(4)}单元${n(33)}0${n(6)}`);
  }
  /** Whatever is written about a person in free text. */
  noted(text: string): string {
    this.personal.add(text);
    return text;
  }

  /** A prisoner who is released in so many days: a month unless said. */
  aPrisonerNearRelease(inDays = 31, more: Partial<NoticeForm> = {}): NoticeForm {
    return {
      name: this.aName(),
      residentId: this.aResidentId(),
      offence: this.pick(['盗窃罪', '诈骗罪', '故意伤害罪', '寻衅滋事罪']),
      sentence: this.pick(['有期徒刑三年', '有期徒刑五年六个月', '有期徒刑八年']),
      releaseDate: addDays(this.today(), inDays),
      household: '500112',
      address: this.anAddress(),
      familyContact: this.aName(),
      familyTelephone: this.aTelephone(),
      keyPerson: false,
      risk: '低',
      assessment: this.noted(`服刑期间表现稳定，谈话记录第${this.random.below(1_000_000)}号`),
      ...more,
    };
  }
  /** 重点帮教对象: must be picked up (必接必送). */
  aKeyPerson(inDays = 31, more: Partial<NoticeForm> = {}): NoticeForm {
    return this.aPrisonerNearRelease(inDays, { keyPerson: true, risk: '高', ...more });
  }
  aVerification(more: object = {}): object {
    return {
      result: '属实',
      familyWilling: true,
      housing: '有固定住所',
      needs: ['就业', '技能培训'],
      notes: this.noted(`走访其母，邻里评价第${this.random.below(1_000_000)}号`),
      ...more,
    };
  }
  aPlan(): object {
    return { opinion: '认罪悔罪，适应社会能力一般。', advice: '建议纳入就业帮扶，每月走访一次。' };
  }
  anAcceptance(pickUp?: string): object {
    return {
      office: '渝北区安置帮教工作办公室',
      liaison: this.aName(),
      ...(pickUp === undefined ? {} : { pickUp }),
    };
  }
  aRelease(on: string, reportBy: string, handedTo?: string): object {
    return {
      certificate: this.noted(`（2026）川监释字第${1000 + this.random.below(9000)}号`),
      on,
      reportBy,
      ...(handedTo === undefined ? {} : { handedTo }),
    };
  }
  aFollowUp(): { readonly on: string; readonly note: string } {
    return {
      on: this.today(),
      note: this.noted(`入户走访，已在物流园就业，情绪稳定，第${this.random.below(1_000_000)}次记录`),
    };
  }

  private pick<T>(from: readonly T[]): T {
    const found = this.random.pick(from);
    if (found === undefined) throw new RangeError('nothing to choose from');
    return found;
  }
}

import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Body, Controller, Inject, Module, Post, ValidationPipe, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Collection, Document } from '@chuanyu/collections';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

/** The form of 核实, in class-validator's own words. */
class Verification {
  @IsIn(['属实', '部分属实', '无法核实']) result!: string;
  @IsOptional() @IsString() @MaxLength(500) why?: string;
  @IsBoolean() familyWilling!: boolean;
  @IsIn(['有固定住所', '租住', '无住所']) housing!: string;
  @IsOptional() @IsArray() @ArrayMaxSize(5) @IsString({ each: true }) needs?: string[];
  @IsOptional() @IsString() @MaxLength(2000) notes?: string;
}
export interface Inserted extends Document {
  readonly form: object;
}
const STORE = Symbol('store');

@Controller()
class InsertController {
  constructor(@Inject(STORE) private readonly store: Collection<Inserted>) {}

  @Post('verify')
  async verify(@Body() form: Verification): Promise<{ readonly id: string }> {
    const id = randomUUID();
    await this.store.insert({ id, form });
    return { id };
  }
}

@Module({})
class BareModule {}

/** NestJS over Fastify as a tutorial has it: one validated body, one insert, no more. */
export const startBareRoute = async (store: Collection<Inserted>): Promise<NestFastifyApplication> => {
  const root: DynamicModule = {
    module: BareModule,
    controllers: [InsertController],
    providers: [{ provide: STORE, useValue: store }],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
  await app.listen(0, '127.0.0.1');
  return app;
};

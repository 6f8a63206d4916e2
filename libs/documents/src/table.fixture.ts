import { Workbook, type Worksheet } from 'exceljs';
import { Unreadable } from './table';

/** An .xlsx file as an office program writes it, from what is put on its first sheet. */
export async function workbookOf(fill: (sheet: Worksheet, workbook: Workbook) => void): Promise<Buffer> {
  const workbook = new Workbook();
  fill(workbook.addWorksheet('登记表'), workbook);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The reason why something cannot be read; what it read instead, where it could. */
export async function reasonOf(reading: Promise<unknown>): Promise<unknown> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Unreadable) return error.reason;
    throw error;
  }
}

import { Migration } from '@mikro-orm/migrations';

export class Migration0010Archive extends Migration {
  override name = '0010-archive';

  override up(): void {
    this.addSql('SELECT 1');
  }
}

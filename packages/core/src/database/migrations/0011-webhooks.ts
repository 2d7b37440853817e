import { Migration } from '@mikro-orm/migrations';

export class Migration0011Webhooks extends Migration {
  override name = '0011-webhooks';

  override up(): void {
    this.addSql('SELECT 1');
  }
}

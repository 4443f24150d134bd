/** The tenant's database, and the role that owns it. In a file of their own: Secrets and PostgreSQL both need them, and each other. */
export const DATABASE = 'luna';
export const DATABASE_OWNER = 'luna_owner';

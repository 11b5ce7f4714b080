/* A module that `wide dlopen` loads and unloads a thousand copies of. */
unsigned long module_burn(unsigned long rounds);

unsigned long module_burn(unsigned long rounds)
{
	volatile unsigned long x = 1;

	for (unsigned long i = 0; i < rounds; i++)
		x = x * 6364136223846793005ul + 1;
	return x;
}

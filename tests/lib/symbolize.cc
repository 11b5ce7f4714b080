// What is symbolised by tests/cli/symbolize.sh: namespaces, templates, lambdas, local classes.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace shop {
namespace {
int counter(int x)
{
	static int calls;

	return calls += x;
}
} // namespace

template <typename T> struct Cache {
	std::vector<T> kept;

	T get(T key)
	{
		auto make = [&](T k) {
			struct Local {
				T go(T q)
				{
					return counter(static_cast<int>(q)) * 3;
				}
			};
			return Local().go(k);
		};
		for (T &t : kept)
			if (t % 7 == key % 7)
				return t;
		kept.push_back(make(key));
		return kept.back();
	}
};

struct Base {
	virtual ~Base() = default;
	virtual long run(long x) = 0;
};

struct Cached : Base {
	Cache<long> cache;

	long run(long x) override
	{
		return cache.get(x);
	}
};

struct Sorted : Base {
	long run(long x) override;
};

long Sorted::run(long x)
{
	std::vector<int> v;

	for (int i = 0; i < 20; i++)
		v.push_back(static_cast<int>((i * 31 + x) % 17));
	std::sort(v.begin(), v.end(), [](int a, int b) { return a % 5 < b % 5; });
	return v[3];
}
} // namespace shop

int main(int argc, char **)
{
	shop::Cached cached;
	shop::Sorted sorted;
	shop::Base *all[] = { &cached, &sorted };
	long sum = 0;

	for (int i = 0; i < 100; i++)
		for (shop::Base *b : all)
			sum += b->run(i + argc);
	std::printf("%ld %s\n", sum, std::to_string(sum).c_str());
	return 0;
}

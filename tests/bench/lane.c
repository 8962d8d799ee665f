// Ways to run a workload, side by side: each as long as is worth measuring, in turns, so that what
// else the host does meets them alike.
#include "tests/bench/bench.h"

#include <assert.h>
#include <stdlib.h>

// A VMM more makes everything that traps an order of magnitude dearer.
u32 lane_least(const struct lane *lane, const struct workload *w)
{
    bool traps = w->group != GROUP_COMPUTE && w->group != GROUP_KERNEL;
    u32 least = traps && lane->depth > 1 ? w->least >> 4 * (lane->depth - 1) : w->least;
    return least < 4 ? 4 : least;
}

// A count at which a run is worth measuring and its start and end do not weigh much, found by
// trying longer ones; 0: it does not run there.
static u32 calibrate(const struct lane *lane, const struct workload *w, double worth)
{
    u32 few = lane_least(lane, w);
    double least = run_lane(lane, w, few / 4);
    if (least < 0)
        return 0;
    for (u32 times = few; times < 1u << 28;) {
        double seconds = run_lane(lane, w, times) - least;
        if (seconds < -least)
            return 0;
        if (seconds > worth && seconds > 2 * least)
            return times;
        times *= seconds < worth / 8 ? 8 : 2;
    }
    return 0;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, u32 count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

// The least time is the one that other work on the host disturbed least. That holds for a run of
// either length, and not for their difference: a disturbed short run would make it too small.
static void measure_once(struct lane *lane, const struct workload *w, u32 run, double least[2])
{
    u32 times = lane->times, few = times / 4;
    double whole = run_lane(lane, w, times), part = run_lane(lane, w, few);
    lane->sample[run] = (whole - part) / (times - few);
    least[0] = run && least[0] < whole ? least[0] : whole;
    least[1] = run && least[1] < part ? least[1] : part;
    lane->least = (least[0] - least[1]) / (times - few);
}

void lanes_measure(const struct bench *b, struct lane *lanes, u32 count, const struct workload *w)
{
    for (u32 i = 0; i < count; i++)
        lanes[i].times = calibrate(&lanes[i], w, b->worth);
    double least[LANES_MOST][2];
    assert(count <= LANES_MOST);
    for (u32 run = 0; run < b->runs; run++)
        for (u32 i = 0; i < count; i++)
            if (lanes[i].times)
                measure_once(&lanes[i], w, run, least[i]);
    for (u32 i = count; i-- > 0;) { // the first comes last: sorting ends its turns
        double ratio[RUNS_MOST];
        for (u32 run = 0; run < b->runs; run++)
            ratio[run] = lanes[i].sample[run] / lanes[0].sample[run];
        bool both = lanes[i].times && lanes[0].times;
        lanes[i].ratio = both ? median(ratio, b->runs) : NAN;
        lanes[i].seconds = lanes[i].times ? median(lanes[i].sample, b->runs) : NAN;
        lanes[i].least = lanes[i].times ? lanes[i].least : NAN;
    }
}

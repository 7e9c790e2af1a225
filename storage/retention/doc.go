// Package retention says how long recordings are kept, and sees to it.
//
// [Decide] is the rule: a pure function of what is known of one recording. A legal
// hold beats the end of its time, which beats everything else. A recording whose
// time is over is set aside first: nobody can play it, and it can still be put
// back by holding it. After the time for second thoughts it is destroyed (package
// destruction), but never later than the law of its places wants.
//
// A [Sweeper] applies the rule again and again, and carries out erasures that had
// to wait. Times are those of the clock that is given: one that was set back
// makes everything later, never earlier, and puts back what one that was ahead has
// set aside.
package retention

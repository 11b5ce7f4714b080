# Three units of one function each, with more between them than is decompressed at once, and what
# .debug_aranges may say of them. CASE: 0 units one and three
# have a set; 1 the set of one has discarded code too; 2 that of two has no end; 3 that of two names a
# place within unit one; 4 what function one is called is said in unit three, and nothing else is wrong.

	.text
	.globl one, two, three, _start
_start:
one:	.skip	16, 0x90
two:	.skip	16, 0x90
three:	.skip	16, 0x90
behind:

	.section .debug_abbrev, "", @progbits
	.macro	abbrev code, tag, children
	.uleb128 \code, \tag
	.byte	\children
	.endm
	.macro	attr name, form
	.uleb128 \name, \form
	.endm
	abbrev	1, 0x11, 1		# compile_unit
	attr	0x03, 0x08		# name, string
	attr	0x13, 0x0b		# language, data1
	attr	0x11, 0x01		# low_pc, addr
	attr	0x12, 0x07		# high_pc, data8
	attr	0, 0
	abbrev	2, 0x2e, 0		# subprogram
	attr	0x03, 0x08
	attr	0x11, 0x01
	attr	0x12, 0x07
	attr	0, 0
	abbrev	3, 0x34, 0		# variable, to be worth compressing
	attr	0x03, 0x08
	attr	0, 0
	.if	CASE == 4
	abbrev	4, 0x2e, 0		# subprogram with an abstract origin in any unit
	attr	0x31, 0x10
	attr	0x11, 0x01
	attr	0x12, 0x07
	attr	0, 0
	abbrev	5, 0x2e, 0		# its name
	attr	0x03, 0x08
	attr	0, 0
	.endif
	.byte	0

	.section .debug_info, "", @progbits
	.macro	unit function
unit_\function:
	.long	end_\function - . - 4
	.short	4
	.long	.debug_abbrev
	.byte	8
	.uleb128 1
	.asciz	"\function.c"
	.byte	0x0c			# C99
	.quad	\function, 16
	.uleb128 3
	.fill	3000, 1, 'x'
	.byte	0
	.endm
	.macro	function name
	.uleb128 2
	.asciz	"\name"
	.quad	\name, 16
	.endm
	.macro	end_unit function
	.byte	0
end_\function:
	.endm

	.macro	filler number
filler_\number:
	.long	filler_end_\number - . - 4
	.short	4
	.long	.debug_abbrev
	.byte	8
	.uleb128 1
	.asciz	"filler.c"
	.byte	0x0c
	.quad	0x1000000 + 16 * \number, 16
	.uleb128 3
	.fill	20000, 1, 'x'
	.byte	0, 0
filler_end_\number:
	.endm
	.macro	fillers numbers:vararg
	.irp	number, \numbers
	filler	\number
	.endr
	.endm

	unit	one
	.if	CASE == 4
	.uleb128 4
	.long	origin
	.quad	one, 16
	.else
	function one
	.endif
	end_unit one
	fillers	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	unit	two
	function two
	end_unit two
	fillers	21, 22, 23, 24, 25, 26, 27, 28, 29, 210, 211, 212, 213, 214, 215
	unit	three
	function three
	.if	CASE == 4
origin:
	.uleb128 5
	.asciz	"one"
	.endif
	end_unit three

	.section .debug_aranges, "", @progbits
	.macro	set unit, pairs:vararg
	.long	2f - 1f
1:	.short	2
	.long	\unit
	.byte	8, 0
	.long	0			# the first pair is at a multiple of 16
	.quad	\pairs
2:
	.endm
	.if	CASE == 1
	set	unit_one, 0, 0x10000000, one, 16, 0, 0
	.else
	set	unit_one, one, 16, 0, 0
	.endif
	.if	CASE == 2
	set	unit_two, two, 16
	.endif
	.if	CASE == 3
	set	unit_one + 4, two, 16, 0, 0
	.endif
	.if	CASE == 0
	set	unit_three, three, 16, 0, 0
	.endif
	.irp	number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	set	filler_\number, 0x1000000 + 16 * \number, 16, 0, 0
	set	filler_2\number, 0x1000000 + 16 * 2\number, 16, 0, 0
	.endr
